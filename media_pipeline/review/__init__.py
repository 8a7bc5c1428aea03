"""The review on the record: policy, judgement, acts, verdicts and the audit chain."""
