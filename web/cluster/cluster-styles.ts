import { css } from 'lit'

/** One row for each process on a wide page, servers beside engine nodes; on a narrow one its parts wrap, and the buttons come last. */
export const clusterStyles = css`
  section {
    display: grid;
    gap: var(--gap-s);
    padding: var(--gap-s) var(--gap-m);
    background: var(--surface);
    border: 1px solid var(--rule);
    border-radius: var(--radius);
    font-size: var(--size-m);
    container-type: inline-size;
  }
  header {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    gap: 0 var(--gap-m);
  }
  h2 {
    font-size: var(--size-l);
  }
  header p {
    color: var(--muted);
  }
  .parts {
    display: grid;
    gap: var(--gap-m) var(--gap-xl);
  }
  @container (min-width: 66rem) {
    .parts {
      grid-template-columns: minmax(0, 1.35fr) minmax(0, 1fr);
    }
  }
  ul {
    align-content: start;
    display: grid;
    list-style: none;
  }
  li {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: var(--gap-xs) var(--gap-m);
    padding: var(--gap-xs) 0;
    border-top: 1px solid var(--rule);
  }
  .name {
    min-width: 4.75rem;
  }
  .status {
    min-width: 5.25rem;
  }
  [data-status='alive'] .status {
    color: var(--good);
  }
  :is([data-status='starting'], [data-status='behind'], [data-status='leaving']) .status {
    color: var(--wait);
  }
  :is([data-status='down'], [data-status='frozen']) .status {
    color: var(--bad);
    font-weight: 600;
  }
  .figures {
    min-width: 6rem;
    color: var(--muted);
    font-variant-numeric: tabular-nums;
  }
  .lanes {
    display: flex;
    flex: 1 1 6rem;
    flex-wrap: wrap;
    gap: 0 var(--gap-s);
    color: var(--muted);
    font-size: var(--size-s);
  }
  .lanes > * {
    white-space: nowrap;
  }
  .buttons {
    display: flex;
    gap: var(--gap-xs);
    margin-inline-start: auto;
  }
  button {
    min-height: 1.75rem;
    padding: 0.1rem 0.5rem;
    font-size: var(--size-s);
  }
  button[data-action='freeze'],
  button[data-action='go on'] {
    min-width: 3.75rem;
  }
  button[aria-disabled='true'] {
    color: var(--muted);
    border-style: dashed;
    cursor: default;
  }
  .problem {
    flex-basis: 100%;
    color: var(--bad);
    font-weight: 600;
  }
  .problem:empty {
    display: none;
  }
`
