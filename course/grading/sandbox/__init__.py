"""The sandboxes that isolate student code: which of them works here, and how a submission is run in it."""
