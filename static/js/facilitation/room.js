// The room as its leader sees it.

import "./bar.js";
import "./tiles.js";
import "./queue.js";
