/** All that the entry page of an inspection runs; collected, it is one file (config/bundles.py). */

import "../theme.js";
import "../dialog.js";
import "../toast.js";
import "../menu.js";
import "../outbox/site.js";
import "./main.js";
