"""Blueprint to text: terminal, Markdown, HTML, folder; reads core only."""
