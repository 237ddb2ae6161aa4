"""Practice: a customer to answer, and what the answer did."""
