"""The item in DynamoDB: the image, the faces on it, the ledger of its stages, and its changes as events."""
