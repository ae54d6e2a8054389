"""How was a solved case for its customer? Asked by rule, answered by her, deleted by nobody."""
