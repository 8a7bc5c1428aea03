"""Commands of deployment and of the local stack."""
