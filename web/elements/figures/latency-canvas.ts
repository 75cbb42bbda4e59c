/** The part of Chart.js that `<latency-chart>` draws with: a file of its own, fetched when the reader comes near it. */
import { Chart, LinearScale, LineController, LineElement, LogarithmicScale, PointElement } from 'chart.js'

Chart.register(LinearScale, LineController, LineElement, LogarithmicScale, PointElement)

export const chartOn = (canvas: HTMLCanvasElement): Chart<'line'> =>
  new Chart(canvas, { type: 'line', data: { datasets: [] } })
