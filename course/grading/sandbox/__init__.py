"""The sandboxes that keep student code in: which of them works here, and how a submission is run in it."""
