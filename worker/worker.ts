import { expose } from 'comlink'
import { installErrorTransfer } from '../sdk/service/error-transfer.ts'
import { createLaneApi, LANE_NAME } from './lane.ts'
import { createWorkerApi } from './worker-api.ts'

installErrorTransfer()
expose(self.name === LANE_NAME ? createLaneApi() : createWorkerApi())
