"""Images decoded by several processes into prepared data, without decoding anything twice."""
