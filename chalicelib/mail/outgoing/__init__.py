"""What we send: letters from templates, as MIME, with signed reply addresses."""
