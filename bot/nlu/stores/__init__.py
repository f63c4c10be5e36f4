"""Where Rasa keeps conversations. Apart from the components: a model does not depend on it."""
