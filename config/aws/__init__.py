"""What puts a stage on AWS: the stack, the secrets, the release, and the check afterwards."""
