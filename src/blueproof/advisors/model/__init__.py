"""A data model from words: entities, relations and rules as tables, and checks of each rule."""
