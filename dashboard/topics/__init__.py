"""Which metric goes into which chart, a topic each; the pages arrange them."""
