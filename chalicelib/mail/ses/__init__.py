"""What SES tells of mail it received and sent, and how far that makes a sender believable."""
