import 'uplot/dist/uPlot.min.css'
import './style/index.css'
import { h } from './app/dom.ts'
import { createBus } from './app/events.ts'
import { installKeys } from './app/keys.ts'
import { type AppStore, initialState } from './app/state.ts'
import { createStore } from './app/store.ts'
import { installTheme } from './app/theme.ts'
import { installWhy } from './app/why.ts'
import { createBacktesting } from './control/backtesting.ts'
import { createDeciding } from './control/deciding.ts'
import { createForecasting } from './control/forecasting.ts'
import { createLoading } from './control/loading.ts'
import { createNavigating } from './control/navigating.ts'
import { createChartPanel } from './panel/chart-panel.ts'
import { createDecisionPanel } from './panel/decision-panel.ts'
import { createHeader } from './panel/header.ts'
import { createHelpDialog } from './panel/help-dialog.ts'
import { createImportancePanel } from './panel/importance-panel.ts'
import { createLabPanel } from './panel/lab-panel.ts'
import { createLoadingPanel } from './panel/loading-panel.ts'
import { createStatusBar } from './panel/status-bar.ts'
import { createWatchlist } from './panel/watchlist.ts'

const store: AppStore = createStore(initialState)
const bus = createBus()

// On a phone the lab is a sheet over the rest: closed until asked for.
if (matchMedia('(max-width: 759px)').matches) store.update({ labOpen: false })

// What is shown: each panel watches the store and emits what the user wants.
installTheme(store, bus)
const app = document.querySelector<HTMLElement>('#app')!
app.append(
  createHeader(store, bus),
  createWatchlist(store, bus),
  createChartPanel(store, bus),
  createImportancePanel(store),
  createDecisionPanel(store),
  createLabPanel(store, bus),
  createStatusBar(store),
  createLoadingPanel(store, bus),
  createHelpDialog(bus),
  h('button', { class: 'sheet-opener', onclick: () => bus.emit('toggleLab') }, 'Backtest lab'),
)
store.watch(['labOpen', 'phase'], ({ labOpen, phase }) => {
  app.dataset.lab = labOpen ? 'open' : 'closed'
  app.dataset.phase = phase
})
installWhy(document.body)
installKeys(store, bus)

// What happens: controllers carry intents out and put results into the store.
const loading = createLoading(store, bus)
createNavigating(store, bus)
createForecasting(store, loading)
createDeciding(store)
createBacktesting(store, bus, loading)
