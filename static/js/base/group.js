// The group that this page works for: a number within its workshop. It is kept beside the draft, so that
// a page which did not hear of the next group, asleep or out of reach, still knows whose text it has.

const KEY = "ai4artsed_group";

/** @type {{workshop: string, group: number} | null} */
let mine = readStored();

function readStored() {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "null");
  } catch {
    return null; // no storage here: known from the first state on
  }
}

/** Of this very page: another window of the browser may be further. */
export const pageGroup = () => mine;

export function setPageGroup({ name, group }) {
  mine = { workshop: name, group };
  try {
    localStorage.setItem(KEY, JSON.stringify(mine));
  } catch {
    // Kept in memory.
  }
}
