// Shapes of what the pages' scripts pass to each other; only the type checker reads them.

type Rule = Record<string, any> & { id: string; properties: string[] };
type Output = Record<string, any> & { id: string; available: boolean };
/** A run as the server describes it. */
type RunState = Record<string, any> & { status: string };
/** What the live link tells: all that an open page must know. */
type PageState = {
  at: string;
  workshop: (Record<string, any> & { name: string; paused: boolean; rules: string[]; outputs: string[] }) | null;
  device: { id: string; name: string; asks_for_help: boolean };
  messages: { id: number; text: string }[];
  runs: (RunState & { run_id: string })[];
};
/** A run that a page follows. */
type Followed = Record<string, any> & { run: string; slot: string; told: string; hasEnded: boolean };
/** The room as its leader sees it. */
type RoomState = {
  at: string;
  workshop: Record<string, any> & { paused: boolean; pause_message: string; pause_until: string | null; last_message: string };
  counts: Record<string, number>;
  tiles: (Record<string, any> & { id: string; name: string; shown_name: string; state: string; since: string | null })[];
  queue: { run_id: string; name: string; place: number; since: string }[];
  health: { light: string; reason: string; servers: string[] };
};
/** A released work on the projector. */
type Work = Record<string, any> & { run_id: string; idea: string; name: string };

/** A text that a machine is writing: `run` as soon as the server has named it, and what it is made of. */
type Pending = { run: string; again?: boolean };
type OptimizedText = { of: string; run: string; text: string; machineText: string };
type Picture = Record<string, any> & { run: string; output: string; idea: string; result: string };

interface RequestError extends Error {
  kind: string;
  status: number;
  payload: Record<string, any>;
}

/** What is odd about a text that a machine has written. */
type Notice = { kind: string; message: string };

interface TextHandlers {
  onRun(run: string): void;
  onBegin(): void;
  onStation(station: any): void;
  onStations(stations: any[]): void;
  onText(text: string): void;
  onNotice(notice: Notice): void;
}

interface TextTransport {
  ask(body: object, handlers: TextHandlers, signal: AbortSignal): Promise<string>;
  follow(run: string, handlers: TextHandlers): Promise<string>;
  stop(run: string): Promise<{ status: string }>;
}

interface TextRequestOptions {
  store: { draft: any; updateDraft(fields: object): void; updateLive(fields: object): void };
  field: string;
  transport: TextTransport;
  subjectOf(request: any): string;
  bodyOf(request: any): object;
  findRun?(request: any): Promise<string | undefined>;
  started: object;
  ended: object;
  doneFields(text: string, request: any): object;
  failedFields?: object;
  onBegin?(): void;
  onStation?(station: any): void;
  onStations?(stations: any[]): void;
  onSlow?(): void;
  onNotice?(notice: Notice): void;
  onText(text: string): void;
  onFailed(error: RequestError): void;
  onLost(): void;
  onStopFailed(error: RequestError): void;
  lookMs?: number;
  slowMs?: number;
}
