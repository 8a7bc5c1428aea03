"""What moderators do: permission, then rule, then the record in one conditional write, then the case in SQL."""
