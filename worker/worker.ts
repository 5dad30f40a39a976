import { expose } from 'comlink'
import { installErrorTransfer } from '../sdk/service/error-transfer.ts'
import { createWorkerApi } from './worker-api.ts'

installErrorTransfer()
expose(createWorkerApi())
