"""The pieces that pages are made of. They show; what is counted comes through questions, what is said from text."""
