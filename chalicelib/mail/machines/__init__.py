"""Did a machine write this, and does it report that a mail of ours did not arrive?"""
