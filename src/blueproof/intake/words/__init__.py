"""Reading free text: what a person wrote, as facts with the words they rest on."""
