"""The edge to AWS: clients, DynamoDB, Rekognition, queues and topics."""
