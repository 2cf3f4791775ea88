"""A whole architecture on AWS: which parts a load asks for, what they cost, what breaks first."""
