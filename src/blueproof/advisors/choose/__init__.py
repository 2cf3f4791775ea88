"""Choosing a back end: the decision as advice, with its bill, its doubts and its questions."""
