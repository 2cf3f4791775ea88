"""Deploying a Node service to AWS: the shape, its files, the pipeline and the guide."""
