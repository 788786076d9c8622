"""The shape of what people type. The rules themselves are the services'."""
