"""Finding the article that answers a question: texts to an index in a folder, questions to ranked answers. Knows
neither storage nor AWS."""
