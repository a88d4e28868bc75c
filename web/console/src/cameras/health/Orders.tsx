import { currentLanguage, dayTime, newId, problemText } from '@jedel/ui'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { useDesk } from '../../desk/context'
import { Skeleton } from '../../shell/Skeleton'
import css from './health.module.css'
import type { OrderState, WorkOrder } from './types'

const NEXT: Record<OrderState, OrderState[]> = { opened: ['sent', 'done'], sent: ['acknowledged', 'done'], acknowledged: ['done'], done: [] }

/** What owners were asked to mend, and how far that is. */
export function Orders() {
  const { t } = useTranslation()
  const desk = useDesk()
  const queries = useQueryClient()
  const asked = useQuery({
    queryKey: ['camera-health', 'orders'],
    queryFn: ({ signal }) => desk.client.get<WorkOrder[]>('/api/camera-work-orders', signal),
    refetchInterval: 10_000,
  })
  const orders = asked.data
  const step = async (order: WorkOrder, state: OrderState) => {
    try {
      await desk.client.post(`/api/camera-work-orders/${order.id}`, { id: newId(), state })
    } catch (error) {
      desk.notify('refused', problemText(error, t))
    }
    await queries.invalidateQueries({ queryKey: ['camera-health'] })
  }
  if (!orders) return asked.isError ? <p className={css.empty} role="alert">{t('camhealth.no_answer')}</p> : <Skeleton rows={6} height={72} />
  if (orders.length === 0) {
    return (
      <div className={css.empty}>
        <h2>{t('camhealth.orders_none')}</h2>
        <p>{t('camhealth.orders_how')}</p>
      </div>
    )
  }
  return (
    <div className={css.scroll}>
      <p className={css.export}>
        <a href="/api/camera-work-orders?form=csv&limit=2000" download>
          {t('camhealth.export')}
        </a>
      </p>
      <ul className={css.orders}>
        {orders.map((order) => (
          <li key={order.id} data-done={order.state === 'done' || undefined}>
            <header>
              <strong>№ {order.number}</strong>
              <span>{t(`camhealth.order_${order.state}`)}</span>
              <small>{dayTime(order.opened_at)}</small>
            </header>
            <p>{order.text[currentLanguage()]}</p>
            <p className={css.dim}>{[order.owner, order.contact, order.note].filter(Boolean).join(' · ')}</p>
            {desk.mayDispatch && NEXT[order.state].length > 0 && (
              <div className={css.actions}>
                {NEXT[order.state].map((state) => (
                  <button key={state} type="button" className={css.button} onClick={() => void step(order, state)}>
                    {t(`camhealth.mark_${state}`)}
                  </button>
                ))}
              </div>
            )}
          </li>
        ))}
      </ul>
    </div>
  )
}
