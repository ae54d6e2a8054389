"""What is new in a reply, and whose mail was forwarded: the habits of mail programs, in about 45 languages."""
