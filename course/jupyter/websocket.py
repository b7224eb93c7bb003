"""A connection that sends a kernel's messages to the page without delay."""

from typing import Any

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection


class PromptConnection(ZMQChannelsWebsocketConnection):
    """Jupyter Server's connection from kernel to page, with Nagle's algorithm switched off.

    A widget's answer follows a small message ("busy"). Nagle's algorithm would hold the answer back until the page has
    acknowledged that message, which may take 40 ms.
    """

    def connect(self) -> Any:
        """Connect as usual, and ask the socket to send small messages at once."""
        self.websocket_handler.set_nodelay(True)
        return super().connect()
