"""Amazon Rekognition on this machine: its protocol, its limits and errors, with answers from models that run here.

    python -m config.local_aws.rekognition PORT DATA_DIR

boto3 reaches it through AWS_ENDPOINT_URL_REKOGNITION. starting.py starts it for `make run`.
"""
