"""What a person may ask of us: who looked at her, all we know of her, and to be forgotten."""
