"""What we know: answers written once, for every channel.

an article's life      articles, publishing, illustrating, html, templates, exchange, exchanging
being found            asking, readers, excerpts, popularity, heat; building, indexing, loading: the snapshot
who asked, and then    questions, visitors, visiting, deflection, outcomes
learning               learning, gaps, clusters, masking, drafting, vocabulary, learned
upkeep                 tending, upkeep, keeping, news, mailroom
"""
