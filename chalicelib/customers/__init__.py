"""Who the customer is, what she is worth to the company, and what she agreed to."""
