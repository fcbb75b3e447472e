// The room that this page is a part of: what its leader says to it, and what it says of itself.

import { byId, setText } from "../base/dom.js";
import { onPageState } from "../base/live-link.js";
import "./hand.js";
import "./messages.js";
import "./next-group.js";
import "./pause.js";

onPageState(({ device }) => setText(byId("device-name"), device.name));
