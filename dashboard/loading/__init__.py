"""What happens on the Data page: files come in, are checked, matched and loaded; targets, history and quality."""
