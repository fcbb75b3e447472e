"""The facilitators' side: the whole admin, and the live room."""
