"""What advice is made of: files, sentences, figures."""
