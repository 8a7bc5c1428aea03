"""What a million images cost, and AWS's prices."""
