"""Accounts one by one: the list that a seller works from, and what there is to know of one account before a call."""
