"""An MCP server of the protocol's own Python package: `mcp_server.py stdio`, or `mcp_server.py PORT` over HTTP."""
import os
import sys

from mcp.server.mcpserver import MCPServer

server = MCPServer("peer", instructions="Ask away.")


@server.tool(description="Adds.")
def add(a: int, b: int) -> int:
    return a + b


@server.tool()
def secret() -> str:
    """Tells."""
    return os.environ.get("SECRET", "")


@server.resource("note://one", mime_type="text/plain")
def note() -> str:
    return f"the note says {os.environ.get('SECRET', 'nothing')}"


if __name__ == "__main__":
    if sys.argv[1] == "stdio":
        print("a line of a log", flush=True)
        server.run("stdio")
    else:
        server.run("streamable-http", port=int(sys.argv[1]), json_response=sys.argv[2:] == ["json"])
