"""What the measurements that are told show to be full, and whether what is planned relieves it."""
