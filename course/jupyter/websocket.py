"""A kernel's messages go to the page without delay."""

from typing import Any

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection


class PromptConnection(ZMQChannelsWebsocketConnection):
    """Jupyter Server's connection from kernel to page, with Nagle's algorithm switched off.

    A widget's answer follows a small message ("busy"). With Nagle's algorithm it is held back until the page has
    acknowledged that one, which may take 40 ms.
    """

    def connect(self) -> Any:
        """Connect as ever, and ask the socket to send small messages at once."""
        self.websocket_handler.set_nodelay(True)
        return super().connect()
