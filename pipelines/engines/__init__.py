"""One module or package per kind of server; `table` names them all."""
