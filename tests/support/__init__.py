"""What the tests need around them: databases, a Redis, a browser, a running server."""
