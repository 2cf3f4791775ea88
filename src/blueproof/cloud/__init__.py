"""Cloud infrastructure as data: resources with what they refer to, printed as HCL and read back."""
