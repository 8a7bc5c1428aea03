"""What invokes the functions on a laptop: buckets, queues, streams and schedules."""
