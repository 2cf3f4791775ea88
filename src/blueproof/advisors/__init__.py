"""What to do, one folder a topic: Draft -> Draft; opens no engine."""
